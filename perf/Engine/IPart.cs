using Camshaft.EngineBenchmark.Reporting;

namespace Camshaft.EngineBenchmark;

/// <summary>A part of the benchmark that can be run alone.</summary>
internal interface IPart
{
    /// <summary>The name by which the command line asks for it.</summary>
    string Name { get; }

    /// <summary>Measures.</summary>
    Task<PartReport> RunAsync(Workbench workbench);
}
