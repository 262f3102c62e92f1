// Sends the request on standard input over TLS with a token, and prints the answer, or the error with its details:
// node review.js ADDRESS SCHEMA CA TOKEN
const fs = require("fs");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, schema, ca, token] = process.argv.slice(2);
const options = { keepCase: true, longs: String, enums: String, defaults: false, oneofs: false };
const definition = loader.loadFileDescriptorSetFromBuffer(fs.readFileSync(schema), options);
const { ApologyReviewService } = grpc.loadPackageDefinition(definition).apology.v1;
const client = new ApologyReviewService(address, grpc.credentials.createSsl(fs.readFileSync(ca)));
const metadata = new grpc.Metadata();
metadata.set("authorization", `Bearer ${token}`);

client.ReviewDraft(JSON.parse(fs.readFileSync(0, "utf8")), metadata, { deadline: Date.now() + 60000 }, (error, answer) => {
  const details = error && error.metadata.get("grpc-status-details-bin")[0];
  console.log(JSON.stringify(error ? { code: error.code, details: details.toString("base64") } : answer));
  client.close();
});
