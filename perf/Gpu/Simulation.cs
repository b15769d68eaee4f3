using Camshaft.GpuBenchmark.Lanes;
using Camshaft.Testing.Cuda;

namespace Camshaft.GpuBenchmark;

/// <summary>The simulated driver with every kernel that the parts launch, in C# in place of its PTX: they launch large ones, and many.</summary>
internal static class Simulation
{
    /// <summary>Starts one. Its disposal fails when a part has used the driver wrongly, or has left something behind.</summary>
    public static SimulatedDriver Start()
    {
        var simulation = new SimulatedDriver(new SimulatedDriverOptions { RunsByItself = true });
        simulation.Register(SampleKernels.All);
        simulation.Register(new SimulatedKernel(EmptyKernel.Name, [], static _ => { }));
        return simulation;
    }
}
