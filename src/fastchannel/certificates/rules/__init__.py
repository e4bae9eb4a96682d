"""Rules: what parties ask of certificates, in CertLogic, judged in three values with a trace."""
