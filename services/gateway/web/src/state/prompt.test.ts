// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  bringBack,
  chooseModel,
  chosenModel,
  draft,
  draftOf,
  dropSetAside,
  editDraft,
  forgetDraft,
  handedIn,
  handOver,
  layOutDraft,
  models,
  replaceWords,
  requestOf,
  setAside,
} from "./prompt";

vi.mock("../api/kanvas");

const BLANK = {
  prompt: "",
  negative: "",
  model: "",
  size: "",
  style: "",
  steps: "",
  seed: "",
  guidance: "",
};
const COLLAGE = {
  name: "collage",
  version: "1",
  statement: "Arranges.",
  generative: false,
  styles: ["3d", "ink"],
  sizes: ["512x512", "768x512"],
  default_steps: 8,
  default_guidance: 0,
};
const EASEL = {
  ...COLLAGE,
  name: "easel",
  generative: true,
  styles: ["3d"],
  sizes: ["512x512"],
  default_guidance: 1.25,
};

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  forgetDraft();
});

describe("the request", () => {
  it("leaves to the model what nobody chose", () => {
    expect(requestOf({ ...BLANK, prompt: "  a fox " })).toEqual({ prompt: "a fox" });
  });

  it("says all that was chosen", () => {
    const chosen = { prompt: "a fox", negative: "snow", size: "768x512", style: "3d", steps: "8" };
    const rest = { model: "easel", seed: "0", guidance: "2.5" };
    expect(requestOf({ ...chosen, ...rest })).toEqual({
      prompt: "a fox",
      negative_prompt: "snow",
      model: "easel",
      width: 768,
      height: 512,
      style: "3d",
      steps: 8,
      seed: 0,
      guidance: 2.5,
    });
  });
});

describe("the choice of who paints", () => {
  beforeEach(() => {
    models.value = [COLLAGE, EASEL];
    draft.value = BLANK;
  });

  it("is the default model until somebody chooses", () => {
    expect(chosenModel.value?.name).toBe("collage");
    chooseModel("easel");
    expect(chosenModel.value?.name).toBe("easel");
    expect(requestOf({ ...draft.value, prompt: "a fox" })).toEqual({
      prompt: "a fox",
      model: "easel",
    });
  });

  it("takes back what the chosen model does not offer, and keeps the rest", () => {
    editDraft({ size: "768x512", style: "ink", steps: "4" });
    chooseModel("easel");
    expect(draft.value).toMatchObject({ model: "easel", size: "", style: "", steps: "4" });
    editDraft({ size: "512x512", style: "3d", guidance: "3" });
    chooseModel("collage");
    expect(draft.value).toMatchObject({ size: "512x512", style: "3d", guidance: "" });
  });

  it("comes back with the words of a painting", () => {
    const request = { prompt: "a fox", model: "easel", guidance: 3 };
    expect(draftOf(request)).toEqual({ ...BLANK, prompt: "a fox", model: "easel", guidance: "3" });
  });
});

describe("what is typed", () => {
  it("is found again by its owner, after a reload or a closed tab", () => {
    layOutDraft("ana");
    editDraft({ prompt: "a fox", steps: "9" });
    replaceWords("an owl");
    reload("ana");
    expect(draft.value).toEqual({ ...BLANK, prompt: "an owl", steps: "9" });
    expect(setAside.value?.prompt).toBe("a fox");
  });

  it("is kept from somebody else, and waits for its owner", () => {
    layOutDraft("ana");
    editDraft({ prompt: "a fox" });
    handedIn.value = true;
    layOutDraft("ben");
    expect(draft.value).toEqual(BLANK);
    expect(handedIn.value).toBe(false);
    editDraft({ prompt: "an owl" });
    layOutDraft("ana");
    expect(draft.value.prompt).toBe("a fox");
  });

  it("goes along as a visitor signs in, before what was begun under that account", () => {
    layOutDraft("ana");
    editDraft({ prompt: "a fox" });
    reload(undefined);
    editDraft({ prompt: "an owl" });
    layOutDraft("ana");
    expect(draft.value.prompt).toBe("an owl");
    expect(setAside.value?.prompt).toBe("a fox");
    reload(undefined);
    expect(draft.value).toEqual(BLANK);
  });

  it("is forgotten with whoever signs out, and stays with others", () => {
    layOutDraft("ben");
    editDraft({ prompt: "an owl" });
    layOutDraft("ana");
    editDraft({ prompt: "a fox" });
    replaceWords("two foxes");
    forgetDraft();
    expect([draft.value, setAside.value]).toEqual([BLANK, undefined]);
    expect(Object.keys(localStorage).filter((key) => key.includes("ana"))).toEqual([]);
    layOutDraft("ben");
    expect(draft.value.prompt).toBe("an owl");
  });

  it("is a draft whatever another version of the page has kept", () => {
    const kept = { at: Date.now(), value: { prompt: "a fox", steps: 9, mood: "calm" } };
    localStorage.setItem("kanvas.draft.ana.prompt", JSON.stringify(kept));
    localStorage.setItem("kanvas.draft.ben.prompt", "{");
    layOutDraft("ana");
    expect(draft.value).toEqual({ ...BLANK, prompt: "a fox" });
    layOutDraft("ben");
    expect(draft.value).toEqual(BLANK);
  });
});

describe("other words in the box", () => {
  it("set aside those that were there, until they are brought back", () => {
    editDraft({ prompt: "a fox", style: "ink" });
    replaceWords("an owl");
    expect(draft.value.prompt).toBe("an owl");
    bringBack();
    expect(draft.value).toEqual({ ...BLANK, prompt: "a fox", style: "ink" });
    expect(setAside.value?.prompt).toBe("an owl");
    bringBack();
    editDraft({ prompt: "" });
    bringBack();
    expect([draft.value.prompt, setAside.value]).toEqual(["a fox", undefined]);
  });

  it("set nothing aside where there was nothing, or the same", () => {
    replaceWords("an owl");
    replaceWords("an owl");
    expect(setAside.value).toBeUndefined();
  });

  it("are done without", () => {
    editDraft({ prompt: "a fox" });
    replaceWords("an owl");
    dropSetAside();
    bringBack();
    expect(draft.value.prompt).toBe("an owl");
  });
});

/** What the page knows is gone; what this device keeps is there. */
function reload(accountId: string | undefined): void {
  const kept = Object.entries(localStorage);
  forgetDraft();
  for (const [key, text] of kept) localStorage.setItem(key, text as string);
  layOutDraft(accountId);
}

describe("words that are handed in", () => {
  beforeEach(() => {
    layOutDraft("ana");
    editDraft({ prompt: "a fox" });
  });

  it("are a step away where the page went away before the answer came", () => {
    handOver();
    expect(draft.value.prompt).toBe("");
    layOutDraft("ana");
    expect(draft.value.prompt).toBe("");
    expect(setAside.value?.prompt).toBe("a fox");
  });

  it("are gone once it is known what has become of them, and others are not", () => {
    const settle = handOver();
    editDraft({ prompt: "an owl" });
    const settleOther = handOver();
    settle();
    layOutDraft("ana");
    expect(setAside.value?.prompt).toBe("an owl");
    dropSetAside();
    settleOther();
    layOutDraft("ana");
    expect(setAside.value).toBeUndefined();
  });
});
