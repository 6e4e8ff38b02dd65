// Shows the description of this server. A token that is entered stays in the page.
window.SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#endpoints',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
})
