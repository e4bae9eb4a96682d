"""Two sovereign nodes keep one record: lanes, checkpoints and proofs, and the machine of states; no sockets, no disk."""
