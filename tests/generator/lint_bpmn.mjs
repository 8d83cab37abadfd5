// Judges BPMN files by the recommended rules of bpmnlint; prints by file what they object to.
import { readFile } from "node:fs/promises";
import BpmnModdle from "bpmn-moddle";
import Linter from "bpmnlint/lib/linter.js";
import NodeResolver from "bpmnlint/lib/resolver/node-resolver.js";

const said = {};
for (const path of process.argv.slice(2)) {
  const { rootElement } = await new BpmnModdle().fromXML(await readFile(path, "utf8"));
  // a rule remembers what it has seen: each file has a linter of its own
  const linter = new Linter({ resolver: new NodeResolver(), config: { extends: "bpmnlint:recommended" } });
  const results = await linter.lint(rootElement);
  said[path] = Object.entries(results).flatMap(([rule, found]) =>
    found.map((one) => `${rule}: ${one.id} ${one.message}`),
  );
}
console.log(JSON.stringify(said));
