// What OpenCL C and CUDA C++ spell differently. Stands before every kernel's source.
//
// Work is cut into groups of GROUP items, in one dimension. Every kernel loops over its blocks in strides of the number of groups,
// so any number of groups gives the same result. Lengths and places are 64-bit.
// Only what is written fma is fused (CUDA C++ compiles with --fmad=false), so that devices round alike.
// An array comes as the memory and the byte at which it starts: ARRAY in the parameters, VIEW in the body.

#define GROUP 256

#ifdef __CUDACC__
#define KERNEL extern "C" __global__ void __launch_bounds__(GROUP)
#define FUNCTION static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define SHARED __shared__
#define BARRIER() __syncthreads()
#define LOCAL_INCREMENT(counter) atomicAdd(counter, 1u)
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
#ifndef INFINITY
#define INFINITY __int_as_float(0x7f800000)
#endif
#define ITEM ((uint)threadIdx.x)
#define GROUP_INDEX ((ulong)blockIdx.x)
#define GROUPS ((ulong)gridDim.x)
#define as_float(bits) __uint_as_float(bits)
#define as_uint(value) __float_as_uint(value)
#define as_double(bits) __longlong_as_double((long long)(bits))
#else
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL __kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void
#define FUNCTION static inline
#define GLOBAL __global
#define LOCAL __local
#define SHARED __local
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define LOCAL_INCREMENT(counter) atomic_inc(counter)
#define ITEM ((uint)get_local_id(0))
#define GROUP_INDEX ((ulong)get_group_id(0))
#define GROUPS ((ulong)get_num_groups(0))
#endif

#define ARRAY(type, name) GLOBAL type* name##_memory, ulong name##_start
#define VIEW(type, name) GLOBAL type* name = (GLOBAL type*)((GLOBAL uchar*)name##_memory + name##_start)

#define FOR_ELEMENTS(i, length) for (ulong i = GROUP_INDEX * GROUP + ITEM; i < (length); i += GROUPS * GROUP)
#define FOR_BLOCKS(block, blocks) for (ulong block = GROUP_INDEX; block < (blocks); block += GROUPS)

// Numbers of the types that kernels read as bytes.
#define TYPE_F32 0
#define TYPE_F16 1
#define TYPE_BF16 2
#define TYPE_I8 3
#define TYPE_F64 4

#ifdef __CUDACC__
FUNCTION float half_to_float(uint bits)
{
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"((ushort)bits));
    return value;
}
#else
// By hand, because not every device knows halves. Exact: subnormal halves are normal floats.
FUNCTION float half_to_float(uint bits)
{
    const uint magnitude = bits & 0x7fffu;
    const float small = (float)magnitude * 5.9604644775390625e-8f;
    const uint large = magnitude >= 0x7c00u ? 0x7f800000u | (magnitude << 13) : (magnitude << 13) + 0x38000000u;
    return as_float((magnitude < 0x400u ? as_uint(small) : large) | ((bits & 0x8000u) << 16));
}
#endif

FUNCTION float bfloat_to_float(uint bits)
{
    return as_float(bits << 16);
}

// One value of a group's values, by a tree of fixed shape; every item gets it. All items must come to it.
#define GROUP_FUNCTION(name, type, combined) \
    FUNCTION type name(LOCAL type* scratch, type value) \
    { \
        BARRIER(); \
        scratch[ITEM] = value; \
        for (uint width = GROUP / 2; width > 0; width /= 2) \
        { \
            BARRIER(); \
            if (ITEM < width) \
            { \
                const type a = scratch[ITEM]; \
                const type b = scratch[ITEM + width]; \
                scratch[ITEM] = combined; \
            } \
        } \
        BARRIER(); \
        return scratch[0]; \
    }

GROUP_FUNCTION(group_sum, double, a + b)
GROUP_FUNCTION(group_count, uint, a + b)
GROUP_FUNCTION(group_max, float, b > a ? b : a)
GROUP_FUNCTION(group_max_bits, uint, b > a ? b : a)
