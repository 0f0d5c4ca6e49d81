"use strict";
// Sorting and filtering only: without this script the page says the same.
(function () {
  var table = document.getElementById("overview");
  if (!table) return;
  var body = table.tBodies[0];
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, column) {
    var button = document.createElement("button");
    button.type = "button";
    while (cell.firstChild) button.appendChild(cell.firstChild);
    cell.appendChild(button);
    button.addEventListener("click", function () {
      var falling = cell.getAttribute("aria-sort") !== "descending";
      Array.prototype.forEach.call(cell.parentNode.cells, function (other) { other.removeAttribute("aria-sort"); });
      cell.setAttribute("aria-sort", falling ? "descending" : "ascending");
      Array.prototype.slice.call(body.rows).sort(function (a, b) {
        var x = a.cells[column].getAttribute("data-value"), y = b.cells[column].getAttribute("data-value");
        var order = cell.hasAttribute("data-text") ? x.localeCompare(y) : Number(x) - Number(y);
        return falling ? -order : order;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });
  var box = document.createElement("p"), input = document.createElement("input");
  box.className = "filter";
  input.type = "search";
  input.placeholder = "Show only workflows with these words";
  input.setAttribute("aria-label", input.placeholder);
  box.appendChild(input);
  table.parentNode.parentNode.insertBefore(box, table.parentNode);
  input.addEventListener("input", function () {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    Array.prototype.forEach.call(body.rows, function (row) {
      var section = document.getElementById(row.getAttribute("data-section"));
      var text = section.textContent.toLowerCase();
      var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
      row.hidden = !fits;
      section.hidden = !fits;
    });
  });
})();
