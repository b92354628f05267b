// Sends the form of /try without leaving the page, and adds what the city says.
// Another city, channel or language, and "Start over", load the page anew, as without this script.
"use strict";
(() => {
  const form = document.getElementById("talk");
  const bubbles = document.getElementById("bubbles");
  const text = document.getElementById("text");
  const send = document.getElementById("send");
  const note = document.getElementById("note");
  const IN_PLACE = ["say", "tap", ""];
  const PATIENCE = 200; // milliseconds before the city is shown typing
  let waiting = false;

  const bubble = (kind, words) => {
    const item = document.createElement("li");
    item.className = `bubble ${kind}`;
    const said = item.appendChild(document.createElement("p"));
    said.dir = "auto";
    if (kind === "mine") {
      const sender = said.appendChild(document.createElement("span"));
      sender.className = "hidden";
      sender.textContent = "You: ";
    }
    said.append(words);
    bubbles.append(item);
    return item;
  };

  const typing = () => {
    const item = bubble("typing", "");
    item.setAttribute("aria-hidden", "true");
    for (let dot = 0; dot < 3; dot++) item.firstChild.append(document.createElement("span"));
    return item;
  };

  // The page that answers, or null where none does.
  const post = async (data) => {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return answer.ok && page.getElementById("log") ? page : null;
    } catch {
      return null;
    }
  };

  const say = async (button) => {
    const data = new FormData(form);
    if (button.name) data.set(button.name, button.value);
    const words = button.name ? button.textContent.trim() : text.value.trim();
    if (!words) return;
    const draft = text.value;
    if (!button.name) text.value = "";
    note.textContent = "";
    const own = bubble("mine", words);
    let dots = null;
    const slow = setTimeout(() => { dots = typing(); }, PATIENCE);
    const page = await post(data);
    clearTimeout(slow);
    dots?.remove();
    if (page === null) {
      own.remove();
      if (!button.name) text.value = draft;
      note.textContent = "The city could not be reached. Please try again.";
      return;
    }
    document.getElementById("log").value = page.getElementById("log").value;
    note.textContent = page.getElementById("note").textContent;
    bubbles.append(...page.querySelectorAll(".bubble.new:not(.mine)"));
  };

  form.addEventListener("submit", async (event) => {
    const button = event.submitter ?? send;
    if (!IN_PLACE.includes(button.name)) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    send.setAttribute("aria-disabled", "true");
    await say(button);
    send.removeAttribute("aria-disabled");
    waiting = false;
    if (button.name === "say") document.getElementById("phone").scrollIntoView({ block: "nearest" });
  });

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(send);
  });
})();
