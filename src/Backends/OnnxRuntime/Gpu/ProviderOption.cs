using System.Globalization;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>A model's parameter that is an option of an execution provider.</summary>
/// <param name="Provider">Whose option it is.</param>
/// <param name="Name">The parameter, Triton's name where it has one.</param>
/// <param name="Expected">Which values it may have, for messages.</param>
/// <param name="Translate">Makes of a value what ONNX Runtime takes; null = the value is none of those.</param>
internal sealed record ProviderOption(ProviderKind Provider, string Name, string Expected, Func<string, ProviderSetting?> Translate)
{
    /// <summary>A number that is passed on.</summary>
    public static ProviderOption Number(ProviderKind provider, string name, string? nativeName = null) => new(
        provider,
        name,
        "a number from 0",
        value => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ProviderSetting(provider, nativeName ?? name, number.ToString(CultureInfo.InvariantCulture))
            : null);

    /// <summary>Yes or no, as ONNX Runtime writes it.</summary>
    public static ProviderOption Switch(ProviderKind provider, string name) => Choice(
        provider, name, "true or false", new Dictionary<string, string?> { ["true"] = "1", ["on"] = "1", ["1"] = "1", ["false"] = "0", ["off"] = "0", ["0"] = "0" });

    /// <summary>One of some values.</summary>
    public static ProviderOption Choice(ProviderKind provider, string name, string expected, IReadOnlyDictionary<string, string?> choices) =>
        new(provider, name, expected, value => choices.TryGetValue(value.ToLowerInvariant(), out var native) ? new ProviderSetting(provider, name, native) : null);

    /// <summary>Text that is passed on.</summary>
    public static ProviderOption Text(ProviderKind provider, string name) =>
        new(provider, name, "text without NUL", value => value.Contains('\0', StringComparison.Ordinal) ? null : new ProviderSetting(provider, name, value));

    /// <summary>A switch that must stay off.</summary>
    public static ProviderOption Off(ProviderKind provider, string name, string why) =>
        Choice(provider, name, $"false: {why}", new Dictionary<string, string?> { ["false"] = null, ["off"] = null, ["0"] = null });
}
