using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;

namespace Camshaft.Server.CommandLine.Models;

/// <summary>What would become of one version of a model, or of a model as a whole.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version; null when the model as a whole is meant.</param>
/// <param name="Outcome">What would become of it.</param>
/// <param name="Notes">Why, and what its owner should know.</param>
internal sealed record CheckFinding(string Model, long? Version, CheckOutcome Outcome, IReadOnlyList<string> Notes)
{
    /// <summary>The backend that would run it; null unless it would be served.</summary>
    public string? Backend { get; init; }

    /// <summary>The device that it would run on; null unless it would be served.</summary>
    public string? Device { get; init; }

    /// <summary>How long it took to load; null unless it would be served.</summary>
    public double? LoadMilliseconds { get; init; }

    /// <summary>What it takes; null where that could not be seen.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>What it gives; null where that could not be seen.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>Describes tensors for <see cref="Inputs"/> and <see cref="Outputs"/>.</summary>
    [return: NotNullIfNotNull(nameof(tensors))]
    public static IReadOnlyList<string>? Describe(IEnumerable<TensorSpec>? tensors) => tensors?.Select(static tensor => $"{tensor.Name} {tensor.DataType.Name} {tensor.Shape}").ToList();
}
