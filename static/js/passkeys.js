// What the browser says when a passkey isn't handed over is for programmers; a person gets a sentence.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const words = document.querySelector("[data-passkey-trouble]");
  if (words) words.hidden = false;
});
