// The same as an ES module.
export const handler = async (event) => event;
