// The ledger's search and lists: shows the rows that have all words and each list's choice.
for (const part of document.querySelectorAll(".ledger")) {
  const form = part.querySelector(".ledger-find");
  const [word, told] = [form.querySelector("input"), form.querySelector("output")];
  const lists = [...form.querySelectorAll("select")];
  const rows = [...part.querySelectorAll("tbody tr")].map((row) => [
    row,
    row.textContent.toLowerCase(),
  ]);
  const filter = () => {
    const words = word.value.toLowerCase().split(/\s+/);
    let count = 0;
    for (const [row, text] of rows) {
      const fits =
        words.every((each) => text.includes(each)) &&
        lists.every((list) => !list.value || row.dataset[list.dataset.key] === list.value);
      row.hidden = !fits;
      count += fits;
    }
    told.textContent = `${count} of ${rows.length}`;
  };
  form.hidden = false; // without this program the whole table stands there
  form.addEventListener("input", filter);
  form.addEventListener("change", filter); // some browsers tell a list's choice by this alone
  filter();
}
