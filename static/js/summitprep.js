// What a page does better with script; each part may be missing and nothing is lost.
"use strict";

(() => {
  // A form's errors: the summary takes the focus, as if one had been told of it.
  const summary = document.querySelector("[data-errors]");
  if (summary) summary.focus();

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });

  // Back from the browser's memory, a form may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // What is being fetched says so; its buttons wait.
  document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));

  // A refusal is a page, with its reasons and links: the same form goes again in the plain way.
  document.addEventListener("htmx:responseError", (event) => {
    const form = event.detail.elt.closest("form");
    const status = event.detail.xhr.status;
    if (form && status >= 400 && status < 500) HTMLFormElement.prototype.submit.call(form);
    else unreachable(event.detail.elt);
  });
  document.addEventListener("htmx:sendError", (event) => unreachable(event.detail.elt));

  function unreachable(element) {
    const template = document.getElementById("not-reached");
    if (!template || document.querySelector(".notice--stop[data-unreached]")) return;
    const notice = template.content.firstElementChild.cloneNode(true);
    notice.dataset.unreached = "yes";
    const main = document.getElementById("main");
    main.insertBefore(notice, main.firstChild);
    notice.scrollIntoView({ block: "nearest" });
    element.focus();
  }
})();
