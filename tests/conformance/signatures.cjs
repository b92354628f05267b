// [token, url, form] cases in, their signatures out, by Twilio's own Node library.
const { getExpectedTwilioSignature } = require("twilio");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map((one) => getExpectedTwilioSignature(...one))));
