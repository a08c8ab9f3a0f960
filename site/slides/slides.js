// Arrows, space, Page Up and Down, Home and End go from slide to slide.
const all = [...document.querySelectorAll("section")];
const here = () => {
  const tops = all.map((each) => Math.abs(each.getBoundingClientRect().top));
  return tops.indexOf(Math.min(...tops));
};
const steps = {
  ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1,
  ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1, Home: -Infinity, End: Infinity,
};
document.addEventListener("keydown", (event) => {
  if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const next = Math.min(Math.max(here() + steps[event.key], 0), all.length - 1);
  all[next].scrollIntoView();
  all[next].focus({ preventScroll: true });
});
