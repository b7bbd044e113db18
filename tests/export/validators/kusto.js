// Parses and analyses queries (a JSON list) as Azure Data Explorer does, over the table that it is told; prints what is wrong with each.
require(process.argv[2] + "/bridge.min.js");
require(process.argv[2] + "/Kusto.Language.Bridge.min.js");
const { KustoCode, GlobalState, Diagnostic, Symbols } = globalThis.Kusto.Language;
const [name, schema] = process.argv.slice(3);
const table = new Symbols.TableSymbol.$ctor7(name, schema, "");
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("db", [table]));
const judged = JSON.parse(require("fs").readFileSync(0, "utf8")).map((text) => {
  const found = KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
  const told = [];
  for (let at = 0; at < System.Array.getCount(found, Diagnostic); at += 1) {
    const one = System.Array.getItem(found, at, Diagnostic);
    told.push(`${one.Severity} ${one.Code} ${one.Message}`);
  }
  return told;
});
console.log(JSON.stringify(judged));
