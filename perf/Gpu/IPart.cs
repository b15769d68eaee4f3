namespace Camshaft.GpuBenchmark;

/// <summary>A part of the benchmark that can be run alone.</summary>
internal interface IPart
{
    /// <summary>The name by which the command line asks for it.</summary>
    string Name { get; }

    /// <summary>Measures.</summary>
    PartReport Run(Workbench workbench);
}
