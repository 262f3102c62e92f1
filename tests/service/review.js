// Reviews the request on standard input with the server at ADDRESS, and prints the answer: node review.js ADDRESS SCHEMA
const fs = require("fs");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, schema] = process.argv.slice(2);
const options = { keepCase: true, longs: String, enums: String, defaults: false, oneofs: false };
const definition = loader.loadFileDescriptorSetFromBuffer(fs.readFileSync(schema), options);
const { ApologyReviewService } = grpc.loadPackageDefinition(definition).apology.v1;
const client = new ApologyReviewService(address, grpc.credentials.createInsecure());
const request = JSON.parse(fs.readFileSync(0, "utf8"));

client.ReviewDraft(request, { deadline: Date.now() + 60000 }, (error, answer) => {
  if (error) {
    console.error(error.code, error.details);
    process.exit(1);
  }
  const text = request.draft.text;
  for (const { span } of answer.review.findings || []) {
    if (span && text.slice(span.begin || 0, span.end) !== span.text) {
      console.error("a span does not hold in JavaScript");
      process.exit(1);
    }
  }
  console.log(JSON.stringify(answer.review));
  client.close();
});
