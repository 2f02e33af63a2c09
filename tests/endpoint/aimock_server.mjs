// Starts aimock with answers for the tests; argv: folder of the package, file of fixtures (JSON). Prints its URL.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, fixtures] = process.argv.slice(2);
const { LLMock } = await import(pathToFileURL(`${folder}/dist/index.js`));
const mock = new LLMock({ port: 0, logLevel: "silent" });

function prose(request) {
  const content = request.messages.at(-1).content;
  const text = typeof content === "string" ? content : content[0].text;
  if (text.includes("Name any colour")) return { colour: "heliotrope-7" };
  if (text.startsWith("Name these")) return { labels: text.match(/^- /gm).map(() => "stone wall") };
  if (!text.includes("What is wrong:")) return { description: "fine" };
  const sentences = [...text.matchAll(/^- (.*?)(?: \(([^()]*)\))?: (.*)$/gm)].map(([, phrase, hints, what]) => {
    const position = (hints ?? "").split(",")[0];
    const place = /^(in|at|on|across|along|down|around|over|throughout) /.test(position) ? `${phrase} ${position}` : phrase;
    const start = place[0].toUpperCase() + place.slice(1);
    return what === "clean" ? `${start} looks clear.` : `${start} suffers from ${what.replaceAll(/ \[.*?\]/g, "").replaceAll("; ", " and ")}.`;
  });
  const whole = text.includes("End with one sentence");
  if (whole && sentences.length === 1)
    sentences.push("Nobody who looks at it can miss that, and no place in it lets the eye rest or tells more than its neighbours do.");
  if (whole)
    sentences.unshift("The scene is a photograph with several distinct parts that can be told apart at a first look.");
  sentences.push("One notices this at once, and it takes away from what the eye would like to rest on there.");
  if (whole)
    sentences.push(
      "A viewer notices the uneven quality from one part to the next and has to search for places that are worth a closer look.",
      "Taken together, the picture is of mixed quality, and its weaker parts draw attention away from the subject that it shows.",
    );
  return { description: sentences.join(" ") };
}

for (const fixture of JSON.parse(readFileSync(fixtures))) mock.addFixture(fixture);
mock.addFixture({
  match: { predicate: () => true },
  response: (request) => ({ content: JSON.stringify(prose(request)), usage: { prompt_tokens: 1500, completion_tokens: 60, total_tokens: 1560 } }),
});
await mock.start();
console.log(mock.url);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
