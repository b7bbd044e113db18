// Prints an Elastic field list as JSON: of each field its type, whether it is a list, and the values that it may have.
const { EcsFlat } = require(process.argv[2]);
const told = Object.values(EcsFlat).map((field) => [field.flat_name, {
  type: field.type,
  list: (field.normalize || []).includes("array"),
  values: (field.allowed_values || []).map((value) => value.name),
  expected: Object.fromEntries((field.allowed_values || []).map((value) => [value.name, value.expected_event_types || null])),
}]);
console.log(JSON.stringify(Object.fromEntries(told)));
