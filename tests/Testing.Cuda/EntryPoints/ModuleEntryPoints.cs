using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Modules and launches.</summary>
internal static unsafe class ModuleEntryPoints
{
    public static void AddTo(Dictionary<string, nint> functions)
    {
        functions["cuModuleLoadDataEx"] = (nint)(delegate* unmanaged<nint*, void*, uint, int*, void**, CudaStatus>)&ModuleLoadDataEx;
        functions["cuModuleUnload"] = (nint)(delegate* unmanaged<nint, CudaStatus>)&ModuleUnload;
        functions["cuModuleGetFunction"] = (nint)(delegate* unmanaged<nint*, nint, byte*, CudaStatus>)&ModuleGetFunction;
        functions["cuFuncGetAttribute"] = (nint)(delegate* unmanaged<int*, int, nint, CudaStatus>)&FuncGetAttribute;
        functions["cuFuncGetParamInfo"] = (nint)(delegate* unmanaged<nint, nuint, nuint*, nuint*, CudaStatus>)&FuncGetParamInfo;
        functions["cuFuncSetAttribute"] = (nint)(delegate* unmanaged<nint, int, int, CudaStatus>)&FuncSetAttribute;
        functions["cuLaunchKernel"] = (nint)(delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaStatus>)&LaunchKernel;
    }

    [UnmanagedCallersOnly]
    private static CudaStatus ModuleLoadDataEx(nint* made, void* image, uint optionCount, int* options, void** values) => SimulatedDriver.Call("cuModuleLoadDataEx", (driver, gpu) =>
    {
        var text = Marshal.PtrToStringUTF8((nint)image)!;
        var module = SimulatedModule.Load(driver, gpu, text, out var status, out var log);
        if (module is null)
        {
            WriteLog(log, optionCount, options, values);
            return status;
        }

        *made = driver.Objects.Add(module);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus ModuleUnload(nint handle) => SimulatedDriver.Call("cuModuleUnload", (driver, gpu) =>
    {
        var module = driver.Objects.Remove<SimulatedModule>("cuModuleUnload", handle);
        driver.Objects.RemoveAll<Function>("cuModuleUnload", function => function.Module == module);
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus ModuleGetFunction(nint* made, nint handle, byte* utf8Name) => SimulatedDriver.Call("cuModuleGetFunction", (driver, gpu) =>
    {
        var module = driver.Objects.Find<SimulatedModule>("cuModuleGetFunction", handle);
        var name = Marshal.PtrToStringUTF8((nint)utf8Name)!;
        if (!module.Kernels.TryGetValue(name, out var kernel))
        {
            return CudaStatus.NotFound;
        }

        if (driver.Kernels.TryGetValue(name, out var registered) && !registered.ArgumentByteSizes.SequenceEqual(kernel.ArgumentByteSizes))
        {
            throw new Misuse($"cuModuleGetFunction: the kernel that was registered for '{name}' does not take arguments of {string.Join(", ", kernel.ArgumentByteSizes)} bytes.", CudaStatus.NotFound);
        }

        *made = driver.Objects.Add(new Function(module, registered ?? kernel));
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus FuncGetAttribute(int* value, int attribute, nint function) => SimulatedDriver.Call("cuFuncGetAttribute", (driver, gpu) =>
    {
        var kernel = driver.Objects.Find<Function>("cuFuncGetAttribute", function).Kernel;
        *value = attribute switch
        {
            CudaConstants.FunctionMaxThreadsPerBlock => kernel.MostThreads,
            CudaConstants.FunctionSharedByteSize => kernel.SharedByteSize,
            _ => 0,
        };
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus FuncSetAttribute(nint handle, int attribute, int value) => SimulatedDriver.Call("cuFuncSetAttribute", (driver, gpu) =>
    {
        var function = driver.Objects.Find<Function>("cuFuncSetAttribute", handle);
        if (attribute != CudaConstants.FunctionMaxDynamicSharedByteSize || value < 0 || value > LaunchLimits.MostSharedBytes - function.Kernel.SharedByteSize)
        {
            return CudaStatus.InvalidValue;
        }

        function.MostShared = value;
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus FuncGetParamInfo(nint function, nuint index, nuint* offset, nuint* byteSize) => SimulatedDriver.Call("cuFuncGetParamInfo", (driver, gpu) =>
    {
        var sizes = driver.Objects.Find<Function>("cuFuncGetParamInfo", function).Kernel.ArgumentByteSizes;
        if ((int)index >= sizes.Count)
        {
            return CudaStatus.InvalidValue;
        }

        *offset = index * 8;
        *byteSize = (nuint)sizes[(int)index];
        return CudaStatus.Success;
    });

    [UnmanagedCallersOnly]
    private static CudaStatus LaunchKernel(
        nint handle, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedByteSize, nint streamHandle, void** arguments, void** extra) => SimulatedDriver.Call("cuLaunchKernel", (driver, gpu) =>
    {
        var stream = StreamEntryPoints.Find(driver, gpu, "cuLaunchKernel", streamHandle);
        var function = driver.Objects.Find<Function>("cuLaunchKernel", handle);
        if (function.Device != gpu)
        {
            throw new Misuse($"cuLaunchKernel: the kernel is device {function.Device.Ordinal}'s, and the stream device {gpu.Ordinal}'s.", CudaStatus.InvalidContext);
        }

        var kernel = function.Kernel;
        var (grid, block) = (new CudaExtent(gridX, gridY, gridZ), new CudaExtent(blockX, blockY, blockZ));
        if (!LaunchLimits.Allow(kernel, grid, block, sharedByteSize, function.MostShared))
        {
            return CudaStatus.InvalidValue;
        }

        // Read now: the caller's arguments are its own again when this returns.
        var values = kernel.ArgumentByteSizes.Select((byteSize, index) => new ReadOnlySpan<byte>(arguments[index], byteSize).ToArray()).ToArray();
        var call = $"cuLaunchKernel of '{kernel.Name}'";
        var launch = new SimulatedLaunch(driver, gpu, call, grid, block, (int)sharedByteSize, values);
        driver.Streams.Enqueue(stream, new SimulatedOperation(call, () =>
        {
            if (driver.KernelFaults.TryGetValue(kernel.Name, out var fault))
            {
                gpu.Fault = fault;
                return;
            }

            // Of the stream that it was enqueued on, or recorded on: where a record is launched does not matter.
            driver.KernelPlaces[kernel.Name] = driver.KernelPlaces.GetValueOrDefault(kernel.Name) | stream.Multiprocessors;
            driver.KernelCount++;
            kernel.Run(launch);
        })
        {
            IsReady = () => !driver.HeldKernels.Contains(kernel.Name),
            Time = kernel.Time,
        });
        return CudaStatus.Success;
    });

    private static void WriteLog(string log, uint optionCount, int* options, void** values)
    {
        var buffer = (byte*)null;
        nuint byteSize = 0;
        for (var i = 0; i < optionCount; i++)
        {
            buffer = options[i] == CudaConstants.JitErrorLog ? (byte*)values[i] : buffer;
            byteSize = options[i] == CudaConstants.JitErrorLogByteSize ? (nuint)values[i] : byteSize;
        }

        if (buffer is not null && byteSize > 0)
        {
            var written = Encoding.UTF8.GetBytes(log.AsSpan()[..Math.Min(log.Length, (int)byteSize - 1)], new Span<byte>(buffer, (int)byteSize));
            buffer[written] = 0;
        }
    }

    private sealed class Function(SimulatedModule module, SimulatedKernel kernel) : SimulatedObject("cuModuleGetFunction", module.Device)
    {
        public SimulatedModule Module => module;

        public SimulatedKernel Kernel => kernel;

        /// <summary>How many bytes of shared memory a launch may give it beside what it declares.</summary>
        public int MostShared { get; set; } = LaunchLimits.UsualSharedBytes - kernel.SharedByteSize;
    }
}
