using System.Globalization;
using Camshaft.Backends;

namespace Camshaft.Engine.Models.Configuration;

/// <summary>Where a model asks to run: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
/// <param name="Kind">The kind of device; null = the best that its backend can use.</param>
/// <param name="Ordinal">The device's number; null = any of its kind.</param>
public sealed record DeviceSelector(DeviceKind? Kind, int? Ordinal)
{
    /// <summary>The best device that the backend can use.</summary>
    public static DeviceSelector Auto { get; } = new(null, null);

    /// <summary>Reads the form that configurations have.</summary>
    /// <returns><see langword="false"/> when the text is none of the known forms.</returns>
    public static bool TryParse(string text, out DeviceSelector selector)
    {
        var (name, ordinalText) = text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[(colon + 1)..]) : (text, null);
        DeviceKind? kind = name switch { "cpu" => DeviceKind.Cpu, "cuda" => DeviceKind.Cuda, _ => null };
        int? ordinal = int.TryParse(ordinalText, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        selector = new DeviceSelector(kind, ordinal);
        return (kind is not null || name == "auto") && (ordinalText is null || (ordinal is not null && kind is not null));
    }

    /// <inheritdoc/>
    public override string ToString() => Kind is not { } kind ? "auto" : kind.ToString().ToLowerInvariant() + (Ordinal is { } ordinal ? $":{ordinal}" : "");
}
