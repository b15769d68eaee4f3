namespace Camshaft.Transport.Http.Infer;

/// <summary>A request parameter that is a tag: the name without its prefix, and the value as text.</summary>
internal readonly record struct TagHead(TextRange Name, TextRange Value);
