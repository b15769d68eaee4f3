namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>A module as it is written.</summary>
internal sealed class ModuleText
{
    /// <summary>The version of the language, times ten: 7.0 is 70.</summary>
    public int Version { get; set; }

    /// <summary>The least GPU, by its compute capability times ten: sm_70 is 70.</summary>
    public int Target { get; set; }

    /// <summary>Where the target is stated.</summary>
    public int TargetLine { get; set; }

    /// <summary>Shared memory that is declared outside of kernels.</summary>
    public List<Variable> Shared { get; } = [];

    public List<KernelText> Kernels { get; } = [];
}
