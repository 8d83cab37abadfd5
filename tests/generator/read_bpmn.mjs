// Reads BPMN files with the library that BPMN editors read them with; prints by file what it had to say.
import { readFile } from "node:fs/promises";
import BpmnModdle from "bpmn-moddle";

const said = {};
for (const path of process.argv.slice(2)) {
  const moddle = new BpmnModdle();
  try {
    const { rootElement, warnings, elementsById } = await moddle.fromXML(await readFile(path, "utf8"));
    said[path] = {
      warnings: warnings.map((warning) => warning.message),
      kinds: Object.fromEntries(Object.entries(elementsById).map(([id, one]) => [id, one.$type])),
      root: rootElement.$type,
    };
  } catch (fault) {
    said[path] = { warnings: [fault.message, ...fault.warnings.map((warning) => warning.message)], kinds: {} };
  }
}
console.log(JSON.stringify(said));
