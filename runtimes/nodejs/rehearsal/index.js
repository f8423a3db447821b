// The function that is played while there is none: see ../client/rehearsal.mjs.
exports.handler = async (event) => event;
