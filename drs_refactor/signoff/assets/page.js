// Filters a table's rows; opens all folds for the printer.
for (const input of document.querySelectorAll(".filter input")) {
  const rows = input.parentElement.nextElementSibling.querySelectorAll("tbody tr");
  input.addEventListener("input", () => {
    const asked = input.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(asked);
  });
}
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not([open])")) {
    fold.open = true;
    fold.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("details[data-printed]")) {
    fold.open = false;
    delete fold.dataset.printed;
  }
});
