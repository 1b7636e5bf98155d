"use strict";
// Runs before anything is drawn, so that a person who reads large type never sees it small.
(() => {
  const kept = Number(localStorage.getItem("size"));
  document.documentElement.dataset.size = [20, 22, 24, 27, 30].includes(kept) ? kept : 22;
})();
