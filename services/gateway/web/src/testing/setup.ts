import { vi } from "vitest";

// No document of a test has a screen: it is a desk's, unless the test says otherwise.
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
