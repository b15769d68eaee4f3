using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>
/// The functions of ONNX Runtime's C API that Camshaft calls, typed; the signatures are those of onnxruntime_c_api.h. One
/// table per native library, which is never unloaded, so the pointers stay good as long as the process.
/// </summary>
/// <remarks>
/// Functions that return an <c>OrtStatus*</c> have <see cref="nint"/> as their result: 0 is success, anything else goes to
/// <see cref="ThrowIfFailed"/> or <see cref="TakeError"/> exactly once.
/// </remarks>
internal sealed unsafe class OrtApiTable
{
    public readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, byte*, byte*, void>, nint, int, byte*, nint*, nint> CreateEnvWithCustomLogger;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseEnv;
    public readonly delegate* unmanaged[Cdecl]<int, int, nint*, nint> CreateCpuMemoryInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseMemoryInfo;
    public readonly delegate* unmanaged[Cdecl]<nint*, nint> GetAllocatorWithDefaultOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, void*, nint> AllocatorFree;

    public readonly delegate* unmanaged[Cdecl]<nint*, nint> CreateSessionOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseSessionOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> SetSessionExecutionMode;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> SetSessionGraphOptimizationLevel;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> SetIntraOpNumThreads;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> SetInterOpNumThreads;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint> SetSessionLogId;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> SetSessionLogSeverityLevel;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> EnableCpuMemArena;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> DisableCpuMemArena;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> EnableMemPattern;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> DisableMemPattern;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint> AddSessionConfigEntry;
    public readonly delegate* unmanaged[Cdecl]<nint, byte, nint> SessionOptionsSetLoadCancellationFlag;
    public readonly delegate* unmanaged[Cdecl]<nint, void*, nint> SetOptimizedModelFilePath;

    public readonly delegate* unmanaged[Cdecl]<nint, void*, nint, nint*, nint> CreateSession;
    public readonly delegate* unmanaged[Cdecl]<nint, void*, nuint, nint, nint*, nint> CreateSessionFromArray;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseSession;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, nint> SessionGetInputCount;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, nint> SessionGetOutputCount;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, nint> SessionGetOverridableInitializerCount;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint> SessionGetInputName;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint> SessionGetOutputName;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint> SessionGetInputTypeInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint> SessionGetOutputTypeInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint> SessionGetOverridableInitializerName;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint> SessionGetOverridableInitializerTypeInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint> SessionGetMemoryInfoForInputs;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> SessionReleaseCapturedGraph;
    public readonly delegate* unmanaged[Cdecl]<nint, byte**, nint> MemoryInfoGetName;
    public readonly delegate* unmanaged[Cdecl]<nint, int*, nint> GetOnnxTypeFromTypeInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, nint> CastTypeInfoToTensorInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseTypeInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, byte> HasShape;
    public readonly delegate* unmanaged[Cdecl]<nint, int*, nint> GetTensorElementType;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, nint> GetDimensionsCount;
    public readonly delegate* unmanaged[Cdecl]<nint, long*, nuint, nint> GetDimensions;
    public readonly delegate* unmanaged[Cdecl]<nint, byte**, nuint, nint> GetSymbolicDimensions;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseTensorTypeAndShapeInfo;

    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint*, nint> CreateAllocator;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseAllocator;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, nint> AllocatorGetStats;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*> GetKeyValue;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseKeyValuePairs;

    public readonly delegate* unmanaged[Cdecl]<nint*, nint> CreateRunOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseRunOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> RunOptionsSetRunLogSeverityLevel;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> RunOptionsSetTerminate;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> RunOptionsUnsetTerminate;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint> AddRunConfigEntry;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint> Run;

    public readonly delegate* unmanaged[Cdecl]<nint, void*, nuint, long*, nuint, int, nint*, nint> CreateTensorWithDataAsOrtValue;
    public readonly delegate* unmanaged[Cdecl]<nint, long*, nuint, int, nint*, nint> CreateTensorAsOrtValue;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseValue;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, nint> GetTensorTypeAndShape;
    public readonly delegate* unmanaged[Cdecl]<nint, void**, nint> GetTensorMutableData;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, nuint, byte**, nint> GetResizedStringTensorElementBuffer;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint*, nint> GetStringTensorDataLength;
    public readonly delegate* unmanaged[Cdecl]<nint, void*, nuint, nuint*, nuint, nint> GetStringTensorContent;

    public readonly delegate* unmanaged[Cdecl]<byte*, int, int, int, nint*, nint> CreateMemoryInfo;
    public readonly delegate* unmanaged[Cdecl]<nint, nint*, nint> CreateIoBinding;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseIoBinding;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> BindInput;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> BindOutput;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> BindOutputToDevice;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint**, nuint*, nint> GetBoundOutputValues;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ClearBoundInputs;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ClearBoundOutputs;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint> RunWithBinding;
    public readonly delegate* unmanaged[Cdecl]<nint*, nint> CreateCudaProviderOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, byte**, byte**, nuint, nint> UpdateCudaProviderOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> UpdateCudaProviderOptionsWithValue;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseCudaProviderOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint> AppendCuda;
    public readonly delegate* unmanaged[Cdecl]<nint*, nint> CreateTensorRtProviderOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, byte**, byte**, nuint, nint> UpdateTensorRtProviderOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> UpdateTensorRtProviderOptionsWithValue;
    public readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseTensorRtProviderOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint> AppendTensorRt;

    private readonly delegate* unmanaged[Cdecl]<nint, int> _getErrorCode;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getErrorMessage;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _releaseStatus;

    /// <summary>Reads the table of a library that answered to the version of <see cref="OrtLibrary.ApiVersion"/>.</summary>
    /// <param name="api">The table.</param>
    /// <param name="version">The library's own version.</param>
    public OrtApiTable(OrtApi* api, string version)
    {
        Version = $"{version}, {Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)api->GetBuildInfoString)())}";
        CreateEnvWithCustomLogger = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, byte*, byte*, void>, nint, int, byte*, nint*, nint>)api->CreateEnvWithCustomLogger;
        ReleaseEnv = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseEnv;
        CreateCpuMemoryInfo = (delegate* unmanaged[Cdecl]<int, int, nint*, nint>)api->CreateCpuMemoryInfo;
        ReleaseMemoryInfo = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseMemoryInfo;
        GetAllocatorWithDefaultOptions = (delegate* unmanaged[Cdecl]<nint*, nint>)api->GetAllocatorWithDefaultOptions;
        AllocatorFree = (delegate* unmanaged[Cdecl]<nint, void*, nint>)api->AllocatorFree;

        CreateSessionOptions = (delegate* unmanaged[Cdecl]<nint*, nint>)api->CreateSessionOptions;
        ReleaseSessionOptions = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseSessionOptions;
        SetSessionExecutionMode = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->SetSessionExecutionMode;
        SetSessionGraphOptimizationLevel = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->SetSessionGraphOptimizationLevel;
        SetIntraOpNumThreads = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->SetIntraOpNumThreads;
        SetInterOpNumThreads = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->SetInterOpNumThreads;
        SetSessionLogId = (delegate* unmanaged[Cdecl]<nint, byte*, nint>)api->SetSessionLogId;
        SetSessionLogSeverityLevel = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->SetSessionLogSeverityLevel;
        EnableCpuMemArena = (delegate* unmanaged[Cdecl]<nint, nint>)api->EnableCpuMemArena;
        DisableCpuMemArena = (delegate* unmanaged[Cdecl]<nint, nint>)api->DisableCpuMemArena;
        EnableMemPattern = (delegate* unmanaged[Cdecl]<nint, nint>)api->EnableMemPattern;
        DisableMemPattern = (delegate* unmanaged[Cdecl]<nint, nint>)api->DisableMemPattern;
        AddSessionConfigEntry = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)api->AddSessionConfigEntry;
        SessionOptionsSetLoadCancellationFlag = (delegate* unmanaged[Cdecl]<nint, byte, nint>)api->SessionOptionsSetLoadCancellationFlag;
        SetOptimizedModelFilePath = (delegate* unmanaged[Cdecl]<nint, void*, nint>)api->SetOptimizedModelFilePath;

        CreateSession = (delegate* unmanaged[Cdecl]<nint, void*, nint, nint*, nint>)api->CreateSession;
        CreateSessionFromArray = (delegate* unmanaged[Cdecl]<nint, void*, nuint, nint, nint*, nint>)api->CreateSessionFromArray;
        ReleaseSession = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseSession;
        SessionGetInputCount = (delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api->SessionGetInputCount;
        SessionGetOutputCount = (delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api->SessionGetOutputCount;
        SessionGetOverridableInitializerCount = (delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api->SessionGetOverridableInitializerCount;
        SessionGetInputName = (delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint>)api->SessionGetInputName;
        SessionGetOutputName = (delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint>)api->SessionGetOutputName;
        SessionGetInputTypeInfo = (delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)api->SessionGetInputTypeInfo;
        SessionGetOutputTypeInfo = (delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)api->SessionGetOutputTypeInfo;
        SessionGetOverridableInitializerName = (delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint>)api->SessionGetOverridableInitializerName;
        SessionGetOverridableInitializerTypeInfo = (delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)api->SessionGetOverridableInitializerTypeInfo;
        SessionGetMemoryInfoForInputs = (delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint>)api->SessionGetMemoryInfoForInputs;
        SessionReleaseCapturedGraph = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->SessionReleaseCapturedGraph;
        MemoryInfoGetName = (delegate* unmanaged[Cdecl]<nint, byte**, nint>)api->MemoryInfoGetName;
        GetOnnxTypeFromTypeInfo = (delegate* unmanaged[Cdecl]<nint, int*, nint>)api->GetOnnxTypeFromTypeInfo;
        CastTypeInfoToTensorInfo = (delegate* unmanaged[Cdecl]<nint, nint*, nint>)api->CastTypeInfoToTensorInfo;
        ReleaseTypeInfo = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseTypeInfo;
        HasShape = (delegate* unmanaged[Cdecl]<nint, byte>)api->TensorTypeAndShape_HasShape;
        GetTensorElementType = (delegate* unmanaged[Cdecl]<nint, int*, nint>)api->GetTensorElementType;
        GetDimensionsCount = (delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api->GetDimensionsCount;
        GetDimensions = (delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)api->GetDimensions;
        GetSymbolicDimensions = (delegate* unmanaged[Cdecl]<nint, byte**, nuint, nint>)api->GetSymbolicDimensions;
        ReleaseTensorTypeAndShapeInfo = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseTensorTypeAndShapeInfo;

        CreateAllocator = (delegate* unmanaged[Cdecl]<nint, nint, nint*, nint>)api->CreateAllocator;
        ReleaseAllocator = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseAllocator;
        AllocatorGetStats = (delegate* unmanaged[Cdecl]<nint, nint*, nint>)api->AllocatorGetStats;
        GetKeyValue = (delegate* unmanaged[Cdecl]<nint, byte*, byte*>)api->GetKeyValue;
        ReleaseKeyValuePairs = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseKeyValuePairs;

        CreateRunOptions = (delegate* unmanaged[Cdecl]<nint*, nint>)api->CreateRunOptions;
        ReleaseRunOptions = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseRunOptions;
        RunOptionsSetRunLogSeverityLevel = (delegate* unmanaged[Cdecl]<nint, int, nint>)api->RunOptionsSetRunLogSeverityLevel;
        RunOptionsSetTerminate = (delegate* unmanaged[Cdecl]<nint, nint>)api->RunOptionsSetTerminate;
        RunOptionsUnsetTerminate = (delegate* unmanaged[Cdecl]<nint, nint>)api->RunOptionsUnsetTerminate;
        AddRunConfigEntry = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)api->AddRunConfigEntry;
        Run = (delegate* unmanaged[Cdecl]<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)api->Run;

        CreateTensorWithDataAsOrtValue = (delegate* unmanaged[Cdecl]<nint, void*, nuint, long*, nuint, int, nint*, nint>)api->CreateTensorWithDataAsOrtValue;
        CreateTensorAsOrtValue = (delegate* unmanaged[Cdecl]<nint, long*, nuint, int, nint*, nint>)api->CreateTensorAsOrtValue;
        ReleaseValue = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseValue;
        GetTensorTypeAndShape = (delegate* unmanaged[Cdecl]<nint, nint*, nint>)api->GetTensorTypeAndShape;
        GetTensorMutableData = (delegate* unmanaged[Cdecl]<nint, void**, nint>)api->GetTensorMutableData;
        GetResizedStringTensorElementBuffer = (delegate* unmanaged[Cdecl]<nint, nuint, nuint, byte**, nint>)api->GetResizedStringTensorElementBuffer;
        GetStringTensorDataLength = (delegate* unmanaged[Cdecl]<nint, nuint*, nint>)api->GetStringTensorDataLength;
        GetStringTensorContent = (delegate* unmanaged[Cdecl]<nint, void*, nuint, nuint*, nuint, nint>)api->GetStringTensorContent;

        CreateMemoryInfo = (delegate* unmanaged[Cdecl]<byte*, int, int, int, nint*, nint>)api->CreateMemoryInfo;
        CreateIoBinding = (delegate* unmanaged[Cdecl]<nint, nint*, nint>)api->CreateIoBinding;
        ReleaseIoBinding = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseIoBinding;
        BindInput = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)api->BindInput;
        BindOutput = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)api->BindOutput;
        BindOutputToDevice = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)api->BindOutputToDevice;
        GetBoundOutputValues = (delegate* unmanaged[Cdecl]<nint, nint, nint**, nuint*, nint>)api->GetBoundOutputValues;
        ClearBoundInputs = (delegate* unmanaged[Cdecl]<nint, void>)api->ClearBoundInputs;
        ClearBoundOutputs = (delegate* unmanaged[Cdecl]<nint, void>)api->ClearBoundOutputs;
        RunWithBinding = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)api->RunWithBinding;
        CreateCudaProviderOptions = (delegate* unmanaged[Cdecl]<nint*, nint>)api->CreateCUDAProviderOptions;
        UpdateCudaProviderOptions = (delegate* unmanaged[Cdecl]<nint, byte**, byte**, nuint, nint>)api->UpdateCUDAProviderOptions;
        UpdateCudaProviderOptionsWithValue = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)api->UpdateCUDAProviderOptionsWithValue;
        ReleaseCudaProviderOptions = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseCUDAProviderOptions;
        AppendCuda = (delegate* unmanaged[Cdecl]<nint, nint, nint>)api->SessionOptionsAppendExecutionProvider_CUDA_V2;
        CreateTensorRtProviderOptions = (delegate* unmanaged[Cdecl]<nint*, nint>)api->CreateTensorRTProviderOptions;
        UpdateTensorRtProviderOptions = (delegate* unmanaged[Cdecl]<nint, byte**, byte**, nuint, nint>)api->UpdateTensorRTProviderOptions;
        UpdateTensorRtProviderOptionsWithValue = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)api->UpdateTensorRTProviderOptionsWithValue;
        ReleaseTensorRtProviderOptions = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseTensorRTProviderOptions;
        AppendTensorRt = (delegate* unmanaged[Cdecl]<nint, nint, nint>)api->SessionOptionsAppendExecutionProvider_TensorRT_V2;

        _getErrorCode = (delegate* unmanaged[Cdecl]<nint, int>)api->GetErrorCode;
        _getErrorMessage = (delegate* unmanaged[Cdecl]<nint, byte*>)api->GetErrorMessage;
        _releaseStatus = (delegate* unmanaged[Cdecl]<nint, void>)api->ReleaseStatus;
        ReleaseValueAction = value => ReleaseValue(value);
    }

    /// <summary>The library's version and what it was built of, in its own words.</summary>
    public string Version { get; }

    /// <summary><see cref="ReleaseValue"/> as a delegate that exists once, for outputs that are handed over.</summary>
    public Action<nint> ReleaseValueAction { get; }

    /// <summary>Ends a call: does nothing when <paramref name="status"/> is success, else releases it and throws.</summary>
    /// <param name="status">What the call returned.</param>
    /// <param name="call">The function's name.</param>
    /// <param name="subject">On whose behalf, for the message: <c>Model 'resnet50' version 3</c>.</param>
    /// <exception cref="BackendException">The call failed.</exception>
    public void ThrowIfFailed(nint status, string call, string subject)
    {
        if (status != 0)
        {
            Throw(status, call, subject);
        }
    }

    /// <summary>Reads why a call failed and releases its status.</summary>
    public OrtError TakeError(nint status)
    {
        // The message belongs to the status, so it is copied before the release.
        var error = new OrtError((OrtErrorCode)_getErrorCode(status), Marshal.PtrToStringUTF8((nint)_getErrorMessage(status)) ?? "no reason given");
        _releaseStatus(status);
        return error;
    }

    [DoesNotReturn]
    private void Throw(nint status, string call, string subject)
    {
        var error = TakeError(status);
        throw new BackendException(error.RunStatus, $"{subject}: ONNX Runtime's {call} failed: {error.Reason}");
    }
}
