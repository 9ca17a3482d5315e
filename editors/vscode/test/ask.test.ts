import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { begun, copied, failed, finished, history, told } from "../src/ask/conversation";
import type { Answer, AnswerSource, AnswerStatement } from "../src/protocol";
import { answerHtml, numbers } from "../src/webview/answer";
import { turnHtml } from "../src/webview/turn";

function source(number: number, change: Partial<AnswerSource> = {}): AnswerSource {
  return {
    number, path: `tea/${number}.md`, uri: `file:///notes/tea/${number}.md`, title: "Tea", heading: "Water", start_line: 3, end_line: 5,
    line: 3, snippet: "Ninety degrees.", score: 1, reasons: [], text: "Ninety degrees.", tokens: 4, ...change,
  };
}

function statement(text: string, within: string, change: Partial<AnswerStatement> = {}): AnswerStatement {
  const start = Array.from(within.slice(0, within.indexOf(text))).length;
  return { text, start, end: start + Array.from(text).length, sources: [1], support: "unsupported", reason: "12 km is not in source 1", ...change };
}

function answer(change: Partial<Answer> = {}): Answer {
  return {
    question: "How hot?", answer: "Ninety degrees. [1]", kind: "generated", verdict: "found", complete: true,
    sources: [source(1, { support: "supported" }), source(2, { support: "unused" })], statements: [], left_out: [], model: "tiny",
    host: "", left_machine: false, stopped: false, hint: "", usage: { first_token_seconds: 0.4, tokens_per_second: 21 }, ...change,
  };
}

describe("a turn", () => {
  it("grows with what is told of it", () => {
    let turn = begun("a", "How hot?", "");
    turn = told(turn, { id: "a", phase: "reading", message: "Reading 2 passages", sources: [source(1)] });
    assert.equal(turn.message, "Reading 2 passages");
    turn = told(told(turn, { id: "a", text: "Ninety " }), { id: "a", text: "degrees.", tokens_per_second: 12 });
    assert.deepEqual([turn.text, turn.phase, turn.speed, turn.sources.length], ["Ninety degrees.", "writing", 12, 1]);
  });

  it("hears nothing more once it has ended", () => {
    const turn = finished(begun("a", "How hot?", ""), answer());
    assert.equal(told(turn, { id: "a", text: "more" }).text, "Ninety degrees. [1]");
  });

  it("keeps what was written when it fails", () => {
    const turn = failed(told(begun("a", "How hot?", ""), { id: "a", text: "Nine" }), "The model ended.");
    assert.deepEqual([turn.text, turn.problem], ["Nine", "The model ended."]);
  });

  it("is remembered only with its answer", () => {
    const turns = [finished(begun("a", "How hot?", ""), answer()), failed(begun("b", "And why?", ""), "no")];
    assert.deepEqual(history(turns), [{ question: "How hot?", answer: "Ninety degrees. [1]" }]);
  });

  it("is copied with the sources that it cites", () => {
    assert.equal(copied(finished(begun("a", "How hot?", ""), answer())), "Ninety degrees. [1]\n\n[1] tea/1.md:3\n");
  });
});

describe("an answer as HTML", () => {
  it("makes buttons of citations of sources that there are", () => {
    const html = answerHtml("Hot [1][2, 9].", [source(1), source(2)]);
    assert.equal(html.match(/<button[^>]*data-source="\d"/g)?.length, 2);
    assert.match(html, /class="cite unknown"[^>]*>9</);
  });

  it("reads ranges of numbers, and no absurd ones", () => {
    assert.deepEqual(numbers("1, 3-5"), [1, 3, 4, 5]);
    assert.deepEqual(numbers("1-999"), [1, 999]);
  });

  for (const hostile of [
    "<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "![x](https://host/x.png)", "[x](javascript:alert(1))",
    "[x](https://host/?q=secret)", "<https://host/>", '`<b onclick="x">`', "[1]: https://host/\n\n[1]",
  ]) {
    it(`has neither HTML nor a link of ${hostile}`, () => {
      const html = answerHtml(hostile, [source(1, { path: '"><script>' })]);
      assert.doesNotMatch(html, /<(script|img|a|iframe|b)\b/i);
      assert.doesNotMatch(html, /<[^>]*\s(onerror|onclick|href|src)=/i);
    });
  }

  it("marks a statement that its source does not bear out, within its Markdown", () => {
    const text = "Fine [1]. **It is 12 km. And** more. 🙂 So *long*.";
    const html = answerHtml(text, [source(1)], [statement("It is 12 km.", text), statement("So *long*.", text, { support: "weak" })]);
    assert.match(html, /<strong><span class="unsupported" title="12 km is not in source 1">It is 12 km\.<\/span> And<\/strong>/);
    assert.match(html, /<span class="weak"[^>]*>So <\/span><em><span class="weak"[^>]*>long<\/span><\/em>/);
  });

  it("keeps the item of a list that is marked whole", () => {
    const text = "- It is 12 km.\n- Fine.";
    assert.match(answerHtml(text, [], [statement("- It is 12 km.", text)]), /<li><span class="unsupported"[^>]*>It is 12 km\.<\/span><\/li>/);
  });
});

describe("a turn as HTML", () => {
  it("says what is done while one waits", () => {
    const turn = told(begun("a", "<b>How</b>", "in tea.md"), { id: "a", phase: "reading", sources: [source(1), source(2)] });
    const html = turnHtml(turn);
    assert.match(html, /Reading 2 passages/);
    assert.match(html, /&lt;b&gt;How/);
    assert.match(html, /in tea\.md/);
  });

  it("says in so many words that an answer left the machine", () => {
    const html = turnHtml(finished(begun("a", "How?", ""), answer({ left_machine: true, host: "llm.example:443" })));
    assert.match(html, /Sent to llm\.example:443/);
  });

  it("calls what it shows instead of an answer the nearest passages", () => {
    const none = answer({ verdict: "nothing", answer: "Your notes do not say.", kind: "extractive", hint: "Get a model." });
    const html = turnHtml(finished(begun("a", "How?", ""), none));
    assert.match(html, /The nearest passages/);
    assert.match(html, /Get a model\./);
    assert.match(html, /no model/);
  });

  it("escapes what comes from notes", () => {
    const odd = source(1, { title: "<i>", heading: '"x"', snippet: "<u>", text: '"><s>', path: "<a>.md" });
    assert.doesNotMatch(turnHtml(finished(begun("a", "How?", ""), answer({ sources: [odd] }))), /<(i|u|s|a)>/);
  });
});
