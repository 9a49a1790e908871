// The pages of the contract: Swagger UI from our own files.
window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("contract");
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor: (request) => {
      const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
      if (token) request.headers["X-CSRFToken"] = token[1];
      return request;
    },
  });
});
