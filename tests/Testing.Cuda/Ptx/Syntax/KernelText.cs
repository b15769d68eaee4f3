namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>A kernel as it is written, before names and types are looked at.</summary>
internal sealed class KernelText(int line, string name)
{
    public int Line => line;

    public string Name => name;

    public List<Variable> Parameters { get; } = [];

    public List<Variable> Shared { get; } = [];

    public List<(int Line, string Name, PtxType Type)> Registers { get; } = [];

    /// <summary>The labels, each with the place of the statement that follows it.</summary>
    public List<(int Line, string Name, int Place)> Labels { get; } = [];

    public List<Statement> Statements { get; } = [];

    /// <summary>How many threads a block may have at most, by <c>.maxntid</c>; 0 = it does not say.</summary>
    public int MostThreads { get; set; }

    /// <summary>How many threads a block has in each direction, by <c>.reqntid</c>; empty = it does not say.</summary>
    public IReadOnlyList<int> RequiredThreads { get; set; } = [];
}
