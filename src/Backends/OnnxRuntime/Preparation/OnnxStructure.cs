namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>What preparing must know of a model file.</summary>
internal sealed class OnnxStructure
{
    /// <summary>
    /// The version of the format from which on an initialiser that is no input is a constant. Before it every initialiser had to
    /// be an input as well, and counts as a constant all the same.
    /// </summary>
    public const byte FirstVersionWithConstants = 4;

    /// <summary>The format's version, as a field; null when the file does not say.</summary>
    public ProtobufField? IrVersion { get; set; }

    /// <summary>Whether the file is of a version in which all initialisers are inputs.</summary>
    public bool IsOld => IrVersion is { Value: < FirstVersionWithConstants };

    /// <summary>The graph; null when the file has none.</summary>
    public ProtobufField? Graph { get; set; }

    /// <summary>The inputs of the graph, by name.</summary>
    public List<(string Name, ProtobufField Field)> Inputs { get; } = [];

    /// <summary>The names of the graph's initialisers.</summary>
    public HashSet<string> Initializers { get; } = new(StringComparer.Ordinal);

    /// <summary>The files beside the model that hold weights, as the model names them.</summary>
    public SortedSet<string> ExternalFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The inputs that have a value already, in the file's order: ONNX Runtime takes it for one that may change; or, in an old
    /// file, leaves the input behind when it folds the value.
    /// </summary>
    /// <param name="kept">Names that clients may want to give.</param>
    public IReadOnlyList<ProtobufField> FindInitializedInputs(IReadOnlyList<string> kept) => IrVersion is null
        ? []
        : [.. Inputs.Where(input => Initializers.Contains(input.Name) && (IsOld || !kept.Contains(input.Name))).Select(static input => input.Field)];
}
