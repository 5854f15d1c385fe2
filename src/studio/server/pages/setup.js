// The secret stands behind the # of the link, so that it is in no log of a server or proxy.
"use strict";
const form = document.getElementById("form");
const problem = document.getElementById("problem");
const secret = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

function say(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

if (!secret) say(form.dataset.noSecret);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(form));
  if (given.password !== given.again) {
    say(form.dataset.differ);
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say("");
  try {
    const answer = await fetch("/api/v1/setup", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify({ secret, name: given.name, email: given.email, password: given.password }),
    });
    if (answer.ok) {
      form.hidden = true;
      document.getElementById("lead").hidden = true;
      document.getElementById("done").hidden = false;
    } else {
      say((await answer.json()).detail);
    }
  } catch (error) {
    say(String(error));
  } finally {
    button.disabled = false;
  }
});
