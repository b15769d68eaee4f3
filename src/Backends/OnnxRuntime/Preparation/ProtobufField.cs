namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>Where a field of a protobuf file lies.</summary>
/// <param name="Number">Its number.</param>
/// <param name="HasContent">Whether it holds bytes (a text, a message) and no number.</param>
/// <param name="Value">Its number when it is one.</param>
/// <param name="Head">Where it begins, tag and length included.</param>
/// <param name="Start">Where its content begins.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct ProtobufField(int Number, bool HasContent, long Value, long Head, long Start, long End);
