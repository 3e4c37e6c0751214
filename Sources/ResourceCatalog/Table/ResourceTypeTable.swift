/// The table. Adding a type is adding a row to one of the four lists.
let resourceTypes: [ResourceType] = namedTypes + childTypes + narrowedTypes + typesOfOtherSources
