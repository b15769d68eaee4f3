namespace Camshaft.Backends;

/// <summary>What to load: one version of one model, and what its configuration says to the backend.</summary>
public sealed record ModelSource
{
    /// <summary>The model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>The version's number.</summary>
    public required long Version { get; init; }

    /// <summary>The absolute path of the model file, or of the directory where a format is one.</summary>
    public required string FilePath { get; init; }

    /// <summary>The backend's options from the model's configuration; keys are case-sensitive, values as written.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// How many threads one run may use. 1 unless the configuration asks for more: the engine runs many batches at once, and
    /// threads inside a run take the processors from its neighbours.
    /// </summary>
    public int ThreadsPerRun { get; init; } = 1;

    /// <summary>How many rows requests may be joined to, as the model's configuration states it; null = it does not say.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>
    /// The inputs that the model's configuration lists; empty when it lists none. Where a format has inputs with a value of their
    /// own, those that are listed can be given by clients, and the others need not be kept changeable.
    /// </summary>
    public IReadOnlyList<string> ListedInputs { get; init; } = [];

    /// <summary>Names the model and version in messages: <c>Model 'resnet50' version 3</c>.</summary>
    public override string ToString() => $"Model '{ModelName}' version {Version}";
}
