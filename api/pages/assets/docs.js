// Swagger UI with the description of this service.

const urls = new WeakMap();

function urlOf(blob) {
  if (!urls.has(blob)) urls.set(blob, URL.createObjectURL(blob));
  return urls.get(blob);
}

/** Play and offer the audio that was received. Swagger UI itself would request it again, with GET. */
const PlayedAnswers = ({ React }) => ({
  wrapComponents: {
    responseBody: (Original) => (props) => {
      const { content, contentType } = props;
      if (!(content instanceof Blob && /^audio\//.test(contentType))) return React.createElement(Original, props);
      const url = urlOf(content);
      return React.createElement(
        "p",
        null,
        React.createElement("audio", { controls: true, src: url }),
        React.createElement("br"),
        React.createElement("a", { href: url, download: "speech" }, "Download"),
      );
    },
  },
});

SwaggerUIBundle({
  url: new URL("openapi.json", document.baseURI).href,
  dom_id: "#description",
  deepLinking: true,
  displayRequestDuration: true,
  plugins: [PlayedAnswers],
  validatorUrl: null, // the default sends the description's address to a foreign host
});
