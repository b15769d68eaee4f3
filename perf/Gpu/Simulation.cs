using Camshaft.GpuBenchmark.Lanes;
using Camshaft.Plugins.CudaModules.Tests;
using Camshaft.Testing.Cuda;

namespace Camshaft.GpuBenchmark;

/// <summary>The simulated driver with every kernel that the parts launch, in C#.</summary>
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
