const places = JSON.parse(document.getElementById("places").textContent);
const query = document.getElementById("query");
const found = document.getElementById("found");
const hits = document.getElementById("hits");
const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

function search() {
  const words = fold(query.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const matches = words.length
    ? places.filter((place) => words.every((word) => ` ${place.words}`.includes(` ${word}`)))
    : [];
  hits.replaceChildren(...matches.slice(0, 50).map(({ href, title }) => {
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.href = href;
    link.textContent = title;
    return item;
  }));
  const shown = matches.length > 50 ? ", the first 50 shown" : "";
  found.textContent = words.length ? `${matches.length} place${matches.length === 1 ? "" : "s"}${shown}` : "";
}

query.form.hidden = false;
query.form.addEventListener("submit", (event) => event.preventDefault());
query.addEventListener("input", search);
search();
