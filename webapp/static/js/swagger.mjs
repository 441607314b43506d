// Draws the API's document with Swagger's own bundle, which a plain script has loaded before.
const place = document.querySelector("[data-openapi]");

place.replaceChildren();
window.SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  deepLinking: true,
  validatorUrl: null, // nothing here asks another site
});
