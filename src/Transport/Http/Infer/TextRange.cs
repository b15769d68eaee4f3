namespace Camshaft.Transport.Http.Infer;

/// <summary>A piece of text in the head's text buffer.</summary>
internal readonly record struct TextRange(int Start, int Length);
