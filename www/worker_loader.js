// Starts the simulation: the page's own program in a worker. The fragment of this script's address says where the
// program is; the first message is the program as the page has it compiled.
onmessage = async ({ data: compiled }) => {
  onmessage = null;
  const { default: start } = await import(new URL(location.hash.slice(1), location));
  await start({ module_or_path: compiled });
};
