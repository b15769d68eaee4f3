namespace Camshaft.Engine.Telemetry;

/// <summary>How many of a model's requests carried a value of a tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Value">Its value, or <see cref="TagTable.Other"/>.</param>
/// <param name="Successes">How many were answered.</param>
/// <param name="Errors">How many ended otherwise.</param>
public readonly record struct TaggedCount(string Tag, string Value, long Successes, long Errors);
