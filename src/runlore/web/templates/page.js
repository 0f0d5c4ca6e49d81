"use strict";
for (const card of document.querySelectorAll("article[data-approval]")) {
  const told = card.querySelector(".told");
  const words = card.querySelector("textarea");
  const secret = card.querySelector("input[type=password]");
  const buttons = card.querySelectorAll("button");
  const answer = async (approved) => {
    if (!approved && !words.value.trim()) {
      told.textContent = "Say why not: the worker and the next revision learn from it.";
      words.focus();
      return;
    }
    buttons.forEach((button) => { button.disabled = true; });
    let done;
    try {
      const response = await fetch("/answer", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          approval: Number(card.dataset.approval),
          digest: card.dataset.digest,
          approved,
          comment: words.value,
          passphrase: secret ? secret.value : "",
        }),
      });
      done = await response.json();
    } catch (error) {
      done = { error: "The page is not answered any more. Start it again with runlore approvals --open." };
    }
    if (done.error) {
      told.textContent = done.error;
      buttons.forEach((button) => { button.disabled = false; });
    } else {
      told.textContent = `Answered: ${done.state} (${done.assurance}).`;
    }
  };
  card.querySelector(".yes").addEventListener("click", () => answer(true));
  card.querySelector(".no").addEventListener("click", () => answer(false));
}
