using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>Code on a device: PTX, which the driver compiles, or a cubin or fatbin. Disposed when none of its kernels runs any more.</summary>
public sealed unsafe class CudaModule : CudaHandle
{
    private const int LogByteSize = 8 * 1024;

    private CudaModule(CudaContext context, nint value)
        : base(context, value)
    {
    }

    /// <summary>Loads a module.</summary>
    /// <param name="context">Where.</param>
    /// <param name="image">The file's bytes.</param>
    /// <exception cref="BackendException">The driver cannot use it; the message has what its compiler says, line by line.</exception>
    /// <exception cref="CudaException">The device does not answer, or has no memory left.</exception>
    public static CudaModule Load(CudaContext context, ReadOnlySpan<byte> image)
    {
        // PTX is text that ends with a zero; behind binary images the zero does no harm.
        var ended = new byte[image.Length + 1];
        image.CopyTo(ended);
        var log = new byte[LogByteSize];
        nint module;
        CudaStatus status;
        context.MakeCurrent();
        fixed (byte* imageAddress = ended, logAddress = log)
        {
            var options = stackalloc int[] { CudaConstants.JitErrorLog, CudaConstants.JitErrorLogByteSize };

            // Numbers go in place of the pointers.
            var values = stackalloc void*[] { logAddress, (void*)(nuint)(LogByteSize - 1) };
            status = context.Api.ModuleLoadDataEx(&module, imageAddress, 2, options, values);
        }

        if (status.IsModuleFault)
        {
            var text = Encoding.UTF8.GetString(log.AsSpan(0, Array.IndexOf(log, (byte)0))).Trim();
            throw new BackendException(StatusCode.InvalidArgument, context.Api.CreateException(status, "cuModuleLoadDataEx").Message + (text.Length > 0 ? $" The driver's compiler says: {text}" : ""));
        }

        context.Api.ThrowIfFailed(status, "cuModuleLoadDataEx");
        return new CudaModule(context, module);
    }

    /// <summary>Finds a kernel. It lives as long as the module.</summary>
    /// <returns>Null when the module has none of that name.</returns>
    public CudaFunction? FindFunction(string name)
    {
        nint function;
        var utf8Name = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            Context.MakeCurrent();
            var status = Api.ModuleGetFunction(&function, Value, (byte*)utf8Name);
            if (status == CudaStatus.NotFound)
            {
                return null;
            }

            Api.ThrowIfFailed(status, "cuModuleGetFunction");
            return new CudaFunction(this, name, function);
        }
        finally
        {
            Marshal.FreeCoTaskMem(utf8Name);
        }
    }

    private protected override CudaStatus Release() => Api.ModuleUnload(handle);
}
