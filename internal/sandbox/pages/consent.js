// Keeps the two selects in step. Without it the page works too: the server checks that the source is of the workspace.
const workspace = document.getElementById("workspace");
const source = document.getElementById("source");
if (source) {
  const all = [...source.querySelectorAll("optgroup")];
  const show = () => source.replaceChildren(...all.filter((group) => group.dataset.workspace === workspace.value));
  workspace.addEventListener("change", show);
  show();
}
