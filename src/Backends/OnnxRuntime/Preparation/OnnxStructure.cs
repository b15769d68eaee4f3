namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>What preparing must know of a model file.</summary>
internal sealed class OnnxStructure
{
    /// <summary>Before this version of the format every initialiser had to be an input as well, and counts as a constant all the same.</summary>
    private const int FirstVersionWithConstants = 4;

    /// <summary>The format's version.</summary>
    public long IrVersion { get; set; }

    /// <summary>The graph; null when the file has none.</summary>
    public ProtobufField? Graph { get; set; }

    /// <summary>The inputs of the graph, by name.</summary>
    public List<(string Name, ProtobufField Field)> Inputs { get; } = [];

    /// <summary>The names of the graph's initialisers.</summary>
    public HashSet<string> Initializers { get; } = new(StringComparer.Ordinal);

    /// <summary>The files beside the model that hold weights, as the model names them.</summary>
    public SortedSet<string> ExternalFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>The inputs that have a value already, so that ONNX Runtime takes it for one that may change; in the file's order.</summary>
    /// <param name="kept">Names that clients may want to give.</param>
    public IReadOnlyList<ProtobufField> FindOverridableInputs(IReadOnlyList<string> kept) => IrVersion < FirstVersionWithConstants
        ? []
        : [.. Inputs.Where(input => Initializers.Contains(input.Name) && !kept.Contains(input.Name)).Select(static input => input.Field)];
}
