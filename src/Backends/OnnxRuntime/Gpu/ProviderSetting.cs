namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>An option as an execution provider takes it.</summary>
/// <param name="Provider">Whose option it is.</param>
/// <param name="Name">ONNX Runtime's name.</param>
/// <param name="Value">The value; null = what it is when nothing is said.</param>
internal readonly record struct ProviderSetting(ProviderKind Provider, string Name, string? Value);
