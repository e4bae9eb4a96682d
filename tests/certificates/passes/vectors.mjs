// Runs the vectors with pass.js under Node: the module's and the vectors' paths in, a list of answers as JSON out.
import { readFileSync } from "node:fs";

const [modulePath, vectorsPath] = process.argv.slice(2);
// as a data: address, since Node would take a .js file outside a package for CommonJS
const source = readFileSync(modulePath);
const { verifyPass } = await import(`data:text/javascript;base64,${source.toString("base64")}`);
const file = JSON.parse(readFileSync(vectorsPath));
const answers = [];
for (const one of file.vectors) {
  const { holder, gate, digest } = one;
  answers.push(await verifyPass(one.text, file.trust[one.trust], Date.parse(one.at), { holder, gate, digest, revoked: file.revoked }));
}
console.log(JSON.stringify(answers));
