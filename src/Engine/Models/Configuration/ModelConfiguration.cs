using Camshaft.Engine.Routing.Configuration;

namespace Camshaft.Engine.Models.Configuration;

/// <summary>What a model's <c>model.yaml</c> says. Immutable; every part has a default, so that no file at all is a valid configuration.</summary>
public sealed record ModelConfiguration
{
    /// <summary>The configuration of a model without a file.</summary>
    public static ModelConfiguration Default { get; } = new();

    /// <summary>The backend's name; null = found by the model file's name.</summary>
    public string? Backend { get; init; }

    /// <summary>Where the model is to run.</summary>
    public DeviceSelector Device { get; init; } = DeviceSelector.Auto;

    /// <summary>The model file inside a version directory; null = the backend's default.</summary>
    public string? FileName { get; init; }

    /// <summary>What the model is for, for people.</summary>
    public string? Description { get; init; }

    /// <summary>Who answers for it, for people.</summary>
    public string? Owner { get; init; }

    /// <summary>Words by which people find it, each once.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its aliases, and the rules by which requests come to it.</summary>
    public RoutingConfiguration Routing { get; init; } = RoutingConfiguration.Empty;

    /// <summary>The inputs that the model must have; empty = whatever the model file says.</summary>
    public IReadOnlyList<TensorConfiguration> Inputs { get; init; } = [];

    /// <summary>The outputs that the model must have; empty = whatever the model file says.</summary>
    public IReadOnlyList<TensorConfiguration> Outputs { get; init; } = [];

    /// <summary>Which versions are served.</summary>
    public VersionPolicy VersionPolicy { get; init; } = VersionPolicy.Default;

    /// <summary>What the model may use.</summary>
    public ModelLimits Limits { get; init; } = new();

    /// <summary>How it stays in memory.</summary>
    public ModelMemory Memory { get; init; } = new();

    /// <summary>How its requests are placed in time.</summary>
    public ModelScheduling Scheduling { get; init; } = new();

    /// <summary>How its requests join.</summary>
    public BatchingConfiguration Batching { get; init; } = new();

    /// <summary>Whether it runs before it serves.</summary>
    public WarmUpMode WarmUp { get; init; }

    /// <summary>What it runs with then, the most usual first; empty = inputs made up from its signature.</summary>
    public IReadOnlyList<WarmUpSample> WarmUpSamples { get; init; } = [];

    /// <summary>The backend's options, as written.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
